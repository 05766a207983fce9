"""The interpreter: a pure machine that moves a call, and the adapters that connect it to the world."""
