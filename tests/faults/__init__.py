"""What happens to a desk of real processes: machines that go away, databases that restart, disks that are full."""
