"""Programs that clients bring along."""
