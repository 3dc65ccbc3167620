"""What ``torchup mirror`` does and shows: choosing places, taking a choice back, the race."""
