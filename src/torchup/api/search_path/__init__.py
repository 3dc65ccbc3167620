"""Which Python, pip and framework a plain command would use here, and what comes before what."""
