"""The words of the public pages, by language; English where a language has none."""

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "leave?": "Stop receiving “{title}”?",
        "leave": "Unsubscribe",
        "left": "Done. You will not receive “{title}” any more.",
        "switch?": "Receive “{title}” in {language} from now on?",
        "switch": "Yes, in {language}",
        "switched": "Done. “{title}” comes in {language} from the next edition on.",
        "ended": "You do not receive “{title}” any more, so its language was left as it is.",
        "unknown": "This link is not valid. Perhaps it was cut: please use the one in the letter.",
    },
    "es": {
        "leave?": "¿Quiere dejar de recibir «{title}»?",
        "leave": "Darme de baja",
        "left": "Hecho. Ya no recibirá «{title}».",
        "switch?": "¿Quiere recibir «{title}» en {language} a partir de ahora?",
        "switch": "Sí, en {language}",
        "switched": "Hecho. «{title}» le llegará en {language} desde la próxima edición.",
        "ended": "Usted ya no recibe «{title}»; su idioma queda como estaba.",
        "unknown": "Este enlace no es válido. Quizá llegó cortado: use el que figura en la carta.",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    """The words of a language (BCP 47), or of its base language."""
    return _WORDS.get(language.partition("-")[0], _WORDS["en"])
