"""What `./run` does once Python is there: bring up, serve, stop, tell, back up and restore."""
