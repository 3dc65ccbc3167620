"""Bundles: made here, looked at, carried elsewhere, installed from, served to a class."""
