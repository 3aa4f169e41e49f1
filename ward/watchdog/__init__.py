"""The watchdog: an independent process that looks at a ward's store from outside and raises its own alarm."""
