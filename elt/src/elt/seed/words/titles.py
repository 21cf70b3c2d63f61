"""Parts of film titles: any head goes with any tail of its language."""

# ruff: noqa: RUF001  letters that look Latin and are not are the point
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """A language and its titles, in its own script."""

    #: ISO 639-1
    code: str
    #: How many of a hundred films are in this language.
    share: int
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    #: What stands between head and tail.
    glue: str = " "


LANGUAGES = (
    Language(
        code="en",
        share=55,
        heads=(
            *("The Cartographer", "The Lighthouse Clerk", "Seven Letters", "A Winter"),
            *("The Last Ferry", "An Orchard", "The Piano Tuner", "Nine Suitcases"),
            *("The Beekeeper", "A Short History", "Two Strangers", "The Night Bus"),
            *("Blue Rooms", "The Understudy", "A Garden", "The Weather Reader"),
            *("The Interpreter's Son", "Paper Boats", "A Small Fire", "The Widower"),
            *("The Archivist", "Late Trains", "The Quiet Daughter", "Three Musicians"),
            *("The Greenhouse", "A Borrowed Coat", "Slow Swimmers", "Old Rivals"),
            *("The Legacy", "The Salt Road", "A Field", "The Umbrella Seller"),
            *("Distant Cousins", "The Wrong Map", "The Choir", "A Hundred Windows"),
            *("The Snow Plough", "The Bell Ringer", "Empty Chairs", "Summer People"),
            *("The Lift Operator", "A Perfect Tuesday", "The Astronomer", "The Baker"),
            *("Cold Tea", "The Ghost Writer's Cat", "The Loud Neighbours", "The Fog"),
        ),
        tails=(
            *("of Salt", "at Low Tide", "from Porto", "and the Sea", "Without Maps"),
            *("in the Rain", "of Ostend", "After Closing Time", "Under the Viaduct"),
            *("of the North", "for Margaret", "on Platform Nine", "by Candlelight"),
            *("of Small Things", "in Black and White", "Across the Estuary"),
            *("and Other Lies", "from Nowhere", "Before Breakfast", "in Exile"),
            *("of Memory", "Below Zero", "in Translation", "at the End of the Line"),
            *("of Trieste", "with a Past", "in Spring Light", "on the Moon"),
            *("and the Heron", "of Silence", "Between Elections", "at Sea Level"),
            *("of Marrakesh", "in a Minor Key", "Without a Name", "on Loan"),
            *("of Lake Street", "and the Comet", "Behind the Hill", "in August"),
            *("of Saint Petersburg, Florida", "Until Friday", "in Three Acts", "II"),
        ),
    ),
    Language(
        code="fr",
        share=8,
        heads=(
            *("L'Hiver", "La Dernière Nuit", "Le Facteur", "Les Fenêtres", "Un Été"),
            *("Une Valise", "Le Goût", "Les Enfants", "La Mélancolie", "Le Forgeron"),
        ),
        tails=(
            *("de Besançon", "à Marseille", "d'Élodie", "sans retour", "sous la neige"),
            *("de l'Atlantique", "en janvier", "du troisième étage", "des îles"),
            *("après l'orage", "où tout finit"),
        ),
    ),
    Language(
        code="es",
        share=7,
        heads=(
            *("El Silencio", "La Casa", "Los Naranjos", "Una Canción", "El Tranvía"),
            *("Las Hermanas", "El Sueño", "La Niña", "Dos Extraños", "El Jardín"),
        ),
        tails=(
            *("de Cádiz", "sin dueño", "en agosto", "del señor Núñez", "y el mar"),
            *("bajo la lluvia", "de Montevideo", "para Inés", "al otro lado"),
        ),
    ),
    Language(
        code="de",
        share=6,
        heads=(
            *("Der Sommer", "Die Brücke", "Das Mädchen", "Ein Brief", "Die Nächte"),
            *("Der Uhrmacher", "Die Straße", "Das Schweigen", "Der Träumer"),
            "Zwei Koffer",
        ),
        tails=(
            *("von Görlitz", "über den Dächern", "ohne Schlüssel", "am Fluss"),
            *("für Käthe", "nach Süden", "im Nebel", "von gestern", "aus Zürich"),
        ),
    ),
    Language(
        code="it",
        share=4,
        heads=(
            *("La Notte", "Il Cortile", "Le Sorelle", "Un Treno", "La Città"),
            *("Il Pescatore", "L'Età", "I Giorni"),
        ),
        tails=(
            *("di Trieste", "senza luna", "del perché", "a mezzogiorno"),
            *("di Nicolò", "in fondo al mare", "e la cenere", "di domani"),
        ),
    ),
    Language(
        code="pl",
        share=3,
        heads=(
            *("Zima", "Ostatni pociąg", "Listy", "Dom", "Cisza", "Ogród"),
            *("Podróż", "Noc"),
        ),
        tails=(
            *("w Łodzi", "bez końca", "nad Wisłą", "dla Małgorzaty", "po burzy"),
            *("z Gdańska", "pod śniegiem", "i wrony"),
        ),
    ),
    Language(
        code="ja",
        share=7,
        heads=(
            *("京都の", "真夜中の", "静かな", "父の", "七番目の", "海辺の"),
            *("忘れられた", "最後の", "遠い", "紙の"),
        ),
        tails=(
            *("雨", "手紙", "図書館", "列車", "ピアノ", "約束", "灯台", "猫たち"),
            *("夏休み", "影"),
        ),
        glue="",
    ),
    Language(
        code="ru",
        share=4,
        heads=(
            *("Осень", "Письма", "Последний трамвай", "Дом", "Снег", "Музыка"),
            *("Дорога", "Тишина"),
        ),
        tails=(
            *("в Твери", "для Анны", "без адреса", "над рекой", "после дождя"),
            *("из Одессы", "у моря", "на рассвете"),
        ),
    ),
    Language(
        code="ko",
        share=3,
        heads=("서울의", "마지막", "비 오는", "할머니의", "푸른", "잊혀진"),
        tails=("밤", "편지", "기차", "정원", "바다", "겨울"),
    ),
    Language(
        code="el",
        share=2,
        heads=("Το καλοκαίρι", "Η σιωπή", "Το σπίτι", "Ένα γράμμα", "Η βάρκα"),
        tails=("στη Νάξο", "χωρίς τέλος", "του ψαρά", "μετά τη βροχή", "της Ελένης"),
    ),
    Language(
        code="ar",
        share=1,
        heads=("رسائل", "ليلة", "بيت", "طريق"),
        tails=("من بيروت", "بلا نوافذ", "في الشتاء", "عند البحر"),
    ),
)

#: What some English titles end with.
EMOJI = ("🌊", "🎷", "🚲", "❄️", "🐙", "🌙", "🏳️‍🌈", "👩‍🚀")
