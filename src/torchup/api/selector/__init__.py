"""What can be chosen on a machine: releases, builds and Pythons, each possible or not, and why."""
