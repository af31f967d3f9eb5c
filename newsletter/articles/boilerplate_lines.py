"""The lines that pages hang around their articles, by language: data only."""

# Whole lines only, anchored at both ends: "leave a reply in writing" inside a sentence is text.
# In a pattern a blank stands for any white space, and final points, arrows and colons are free.
LINES = {
    "en": (
        r"follow .{1,40} on (?:twitter|x|facebook|instagram|linkedin|telegram|youtube).{0,60}",
        r"(?:sign up|subscribe) (?:for|to) .{1,120} newsletters?.{0,80}",
        r"get .{1,80} (?:in|to) your inbox.{0,60}",
        r"have (?:a|any) (?:news )?tips?\?.{0,120}",
        r"(?:©|copyright (?:©|\(c\)|\d{4})).{1,600}",
        r"read (?:also|next|more)(?:\s*[:|»–-].{0,120})?",
        r"see also(?:\s*[:|»–-].{0,120})?",
        r"this (?:article|post|page) (?:may contain|contains) (?:references|affiliate).{0,200}",
        r"submit your letter.{0,120}",
        r"search",
        r"menu",
        r"photo gallery|gallery",
        r"download(?: pdf)?",
        r"skip to (?:main |the )?content",
        r"leave a (?:reply|comment)(?: cancel reply)?",
        "cancel reply",
        r"your email address will not be published(?:\. required fields are marked)?",
        r"post a comment",
        r"required fields are marked",
        r"share (?:this|on|via)(?: (?:article|story|post|page|\w+))?",
        r"like this",
        "loading",
        "related(?: (?:articles?|posts?|stories|news|content|topics?))?",
        r"subscribe(?: now| today| here)?(?: to our (?:\w+ )?newsletter)?",
        r"all rights reserved",
        r"sign up (?:for|to) our (?:\w+ )?newsletter",
        r"(?:continue|keep) reading(?: below)?",
        "read more",
        r"(?:click )?to share on \w+ \(opens in new window\)",
        "advertisement",
        "sponsored",
        "print",
        "email",
        r"\d* ?comments?",
        "no comments(?: yet)?",
        "previous(?: article| post)?",
        "next(?: article| post)?",
        r"you (?:may|might) also like",
        r"recommended(?: for you)?",
        r"more from .{1,40}",
        "most read",
        "trending",
        r"about the author",
        r"follow us(?: on .{1,40})?",
        r"(?:the )?post .{1,200} appeared first on .{1,100}",
        r"sign in to comment",
        "tags?",
        "back to top",
        r"follow us on .{1,60}",
        "comments are closed",
    ),
    "es": (
        r"(?:mire|mira|vea|lea|lee)(?: (?:además|también|más))?\s*:[^.]{1,120}",
        r"(?:también )?te (?:puede|podría) interesar.{0,120}",
        r"te recomendamos(?:\s*:.{0,120})?",
        r"en esta nota",
        r"s[ií]g[au]e?nos en .{1,160}",
        r"s[ií]guenos en .{1,80}",
        r"lee también(?:\s*[:|»–-].{0,120})?",
        r"lea también(?:\s*[:|»–-].{0,120})?",
        r"te puede interesar(?:\s*[:|»–-].{0,120})?",
        r"más sobre .{1,60}",
        r"ver también(?:\s*[:|»–-].{0,120})?",
        r"(?:saltar|ir) al contenido(?: principal)?",
        r"deja (?:un comentario|una respuesta)(?: cancelar la respuesta)?",
        r"cancelar (?:la )?respuesta",
        r"los campos obligatorios están marcados con",
        (
            r"tu dirección de correo electrónico no será publicada"
            r"(?:\. los campos obligatorios están marcados con)?"
        ),
        r"compart(?:e|ir)(?: (?:esto|en|esta|este|por|noticia|artículo|nota|\w+)){0,3}",
        r"me gusta(?: esto)?",
        "cargando",
        r"(?:artículos? |noticias? |entradas? |contenidos? )?relacionad[oa]s?",
        r"todos los derechos reservados",
        r"suscríbete(?: a nuestr[oa] (?:boletín|newsletter))?",
        r"(?:sigue|seguir|continuar|continúa) leyendo",
        "leer más",
        "publicidad",
        "anuncio",
        r"\d* ?comentarios?",
        r"te puede interesar",
        r"más leíd[oa]s",
        r"sobre el autor",
        r"síguenos(?: en .{1,40})?",
        r"la entrada .{1,200} (?:apareció primero en|se publicó primero en) .{1,100}",
        "imprimir",
        "etiquetas?",
        "volver arriba",
        r"(?:entrada|artículo) (?:anterior|siguiente)",
    ),
    "pt": (
        r"saiba mais(?:\s*[:|»–-].{0,120})?",
        r"siga .{1,60} n[oa]s? (?:twitter|x|facebook|instagram|telegram|youtube).{0,60}",
        r"leia (?:mais|também)(?:\s*[:|»–-].{0,120})?",
        r"veja (?:mais|também)(?:\s*[:|»–-].{0,120})?",
        r"(?:pular|ir) para o conteúdo",
        r"deix(?:e|ar) (?:um comentário|uma resposta)(?: cancelar resposta)?",
        r"o seu endereço de e-?mail não será publicado",
        r"compartilh(?:e|ar)(?: isso)?",
        "carregando",
        "relacionado",
        r"todos os direitos reservados",
        r"continue (?:lendo|a ler)",
        r"leia (?:mais|também)",
        "publicidade",
        r"o post .{1,200} apareceu primeiro em .{1,100}",
    ),
    "fr": (
        r"abonnez-vous .{1,120}",
        r"inscrivez-vous .{1,60} newsletter.{0,60}",
        r"(?:à )?lire (?:aussi|également)(?:\s*[:|»–-].{0,120})?",
        r"suivez-nous .{1,60}",
        r"voir aussi(?:\s*[:|»–-].{0,120})?",
        r"(?:aller|passer) au contenu(?: principal)?",
        r"laisser un commentaire(?: annuler la réponse)?",
        r"votre adresse e-?mail ne sera pas publiée",
        r"partager(?: (?:cet article|sur \w+))?",
        "chargement",
        r"articles? similaires?",
        r"tous droits réservés",
        r"lire (?:la suite|aussi)",
        "publicité",
        r"l['’]article .{1,200} est apparu en premier sur .{1,100}",
    ),
    "de": (
        r"folgen sie uns .{1,80}",
        r"quellen(?:angaben|verzeichnis|nachweise)?",
        r"lesen sie (?:auch|hier|mehr)(?: die folgenden beiträge)?(?:\s*[:|»–-].{0,120})?",
        r"(?:auch interessant|mehr dazu|mehr lesen)(?:\s*[:|»–-].{0,120})?",
        r"letzte (?:änderung|aktualisierung)\b.{0,60}",
        r"video verfügbar bis .{1,40}",
        r"zurück zur .{1,40}",
        r"(?:rezept|seite) drucken",
        r"suche",
        r"pressemitteilungen?",
        r"bildergalerie",
        r"(?:zum|direkt zum) inhalt(?: springen)?",
        r"schreib(?:e|en sie)? einen kommentar(?: antwort abbrechen)?",
        r"(?:deine|ihre) e-mail-adresse wird nicht veröffentlicht",
        r"(?:artikel )?teilen(?: (?:mit|auf) .{1,30})?",
        r"wird geladen",
        r"ähnliche (?:artikel|beiträge)",
        r"alle rechte vorbehalten",
        "weiterlesen",
        "anzeige",
        r"mehr zum thema",
        r"(?:artikel )?drucken",
        r"lesen sie auch",
        r"der beitrag .{1,200} erschien zuerst auf .{1,100}",
    ),
    "it": (
        r"seguici su .{1,80}",
        r"iscriviti alla .{0,60}newsletter.{0,60}",
        r"leggi (?:anche|pure)(?:\s*[:|»–-].{0,120})?",
        r"vai al contenuto",
        r"lascia un commento(?: annulla risposta)?",
        "condividi",
        "pubblicità",
        "correlati",
        r"tutti i diritti riservati",
        r"continua a leggere",
        r"leggi anche",
    ),
}

# Whose picture it is, in a paragraph of its own.
CREDIT_LINES = {
    "en": (
        r"(?:photo|image|picture|illustration)s?(?: (?:credit|courtesy|by))?s?\s*[:©].{1,120}",
        r"(?:credit|copyright)s?\s*:.{1,120}",
    ),
    "es": (r"(?:fotos?|imagen|créditos?|fotografía)\s*[:©].{1,120}",),
    "pt": (r"(?:fotos?|imagem|créditos?)\s*[:©].{1,120}",),
    "fr": (
        (
            r"(?:crédits?|photos?|images?)(?: (?:photos?|images?|illustrative|d[’']illustration))?"
            r"\s*[:©].{1,160}"
        ),
    ),
    "de": (
        (
            r"(?:alle )?(?:fotos?|bild(?:er)?|bildquelle|bildnachweis|beitragsbild|titelbild)"
            r"(?:\s*[:©/]|\s+(?:via|von|by)\s).{1,120}"
        ),
    ),
    "it": (r"(?:foto|immagini?|crediti)\s*[:©].{1,120}",),
}

# Where something was taken from, told in the last lines of a text.
SOURCE_LINES = {"any": (r"(?:quellen?|sources?|fuentes?|fontes?|fonti|via)\s*:.{1,160}",)}

# Lines that head a list of other articles or of the article's labels; none ends in a full stop.
# Behind the text, what follows them goes with them.
LIST_HEADS = {
    "en": (
        (
            r"(?:more|other|related|similar|latest|recent|recommended|popular|top|featured)"
            r" (?:stories|news|articles?|posts|headlines|reading|content|coverage|topics?|links)"
            r"(?: (?:from|on|in|about) .{1,60})?"
        ),
        r"more (?:from|on) .{1,60}",
        r"you (?:may|might) also like(?: .{0,30})?",
        r"(?:recommended(?: for you)?|related|most (?:read|popular)|trending(?: now)?)",
        r"read (?:more|also|next)",
        r"(?:filed under|tagged|topics?|tags?|categories)",
    ),
    "es": (
        r"(?:más|otras|últimas) (?:noticias|notas|historias)(?: (?:de|sobre|en) .{1,60})?",
        r"(?:noticias|notas|artículos|entradas|temas|contenidos?) relacionad[oa]s?",
        r"(?:lo|las|los) (?:que se lee ahora|más (?:leíd[oa]s?|vist[oa]s?))",
        r"(?:también )?te (?:puede|podría) interesar",
        r"(?:temas|etiquetas|te recomendamos|más información|le[ae] también)",
    ),
    "pt": (
        r"(?:mais|outras|últimas) (?:notícias|lidas|vistas)(?: (?:de|sobre|em) .{1,60})?",
        r"(?:notícias|matérias|artigos|conteúdos?) relacionad[oa]s?",
        r"(?:saiba mais|(?:leia|veja) (?:mais|também|ainda)|assuntos|tópicos|relacionad[oa]s)",
    ),
    "fr": (
        r"(?:dernières|autres) (?:news|actualités|nouvelles|infos)(?: sur .{1,60})?",
        r"articles? (?:similaires?|liés?|associés?|recommandés?|récents?)",
        r"(?:sur le même (?:sujet|thème)|les plus lus|mots[- ]clés|voir aussi)",
        r"(?:à )?lire (?:aussi|également)",
    ),
    "de": (
        r"mehr (?:zum thema|themen|artikel|beiträge|nachrichten|news)(?: .{1,60})?",
        (
            r"(?:weitere|ähnliche|empfohlene|verwandte|neueste|aktuelle|beliebte)"
            r" (?:themen|artikel|beiträge|meldungen|nachrichten|news|links)(?: .{1,60})?"
        ),
        r"(?:top-themen|das könnte (?:sie|dich)(?: auch)? interessieren)(?: .{1,60})?",
        r"(?:weiterführende[rn]? links?|meist-?gelesen|themen|kategorien|schlagworte|schlagwörter)",
        r"(?:lesen sie auch|auch interessant|mehr dazu)",
    ),
    "it": (
        r"(?:articoli|notizie|contenuti) correlat[ie]",
        r"(?:altre|ultime) notizie(?: .{1,60})?",
        r"(?:leggi anche|i più letti|argomenti|potrebbe interessarti(?: .{1,40})?)",
    ),
}
