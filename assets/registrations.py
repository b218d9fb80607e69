"""What this app hangs on the registry when it loads."""
