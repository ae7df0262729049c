"""The keys: databases of values with deadlines, scanned, expired and chosen at random."""
