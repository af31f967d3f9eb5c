"""Keeps the letters of all layouts as they are now: python -m tests.tools.golden_letters

Writes tests/data/rendering/golden/LAYOUT.LANGUAGE.html and .txt, which tests/rendering/test_golden
compares with. Look at what changed (`git diff`, `make sheet`) before you commit it.
"""

from tests.rendering.editions import LANGUAGES, LAYOUTS
from tests.rendering.golden import FOLDER, golden


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for layout in LAYOUTS:
        for language in LANGUAGES:
            for path, content in golden(layout, language).items():
                path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
