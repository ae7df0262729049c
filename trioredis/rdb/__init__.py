"""The format of Redis's snapshots, without files: values to bytes and back."""
