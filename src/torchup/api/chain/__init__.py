"""From the card to the notebook: the links that a computation hangs on, each judged."""
