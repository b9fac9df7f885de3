"""The requests of a colleague who was deactivated: how many they still have, and handing those on."""
