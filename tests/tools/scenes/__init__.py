"""The lead pictures, one module each; every one has `draw() -> Canvas`."""
