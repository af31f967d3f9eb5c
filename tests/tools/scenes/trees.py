"""Trees that stand in more than one picture."""

from tests.tools.canvas import Canvas


def pine(art: Canvas, x: float, y: float, high: float) -> None:
    tiers = [
        [
            (x - high * (0.1 + 0.09 * n), y - high * (0.86 - 0.24 * n)),
            (x, y - high * (1.12 - 0.2 * n)),
            (x + high * (0.1 + 0.09 * n), y - high * (0.86 - 0.24 * n)),
        ]
        for n in range(4)
    ]
    art.shape(
        "#04101a",
        *tiers,
        [(x - 2, y - high * 0.2), (x + 2, y - high * 0.2), (x + 2, y + 60), (x - 2, y + 60)],
    )
