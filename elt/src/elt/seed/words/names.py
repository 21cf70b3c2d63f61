"""Parts of people's names: any given name goes with any family name of its circle."""

# ruff: noqa: RUF001  letters that look Latin and are not are the point
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Circle:
    """Names that are heard together."""

    #: How many of a hundred actors come from here.
    share: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    is_family_first: bool = False


CIRCLES = (
    Circle(
        share=38,
        given=(
            *("Ada", "Beatrice", "Clara", "Dorothy", "Edith", "Florence", "Harriet"),
            *("Imogen", "Josephine", "Maeve", "Nora", "Prudence", "Rosalind", "Sylvia"),
            *("Winifred", "Alastair", "Bernard", "Cedric", "Desmond", "Edgar", "Felix"),
            *("Gilbert", "Horace", "Leopold", "Mortimer", "Nathaniel", "Oswald"),
            *("Quentin", "Rupert", "Theodore", "Walter", "Siobhán", "Zoë", "Chloë"),
        ),
        family=(
            *("Abernathy", "Birdwhistle", "Cartwright", "Dunmore", "Eastwick"),
            *("Fairweather", "Goodfellow", "Hathersage", "Inchbald", "Jellicoe"),
            *("Kettleburn", "Larkspur", "Merriweather", "Nightingale", "O'Hara"),
            *("Pemberton", "Quill", "Ravenscroft", "Silverlock", "Thistlewood"),
            *(
                "Underhill",
                "Vance-Howard",
                "Wetherby",
                "Yarrow",
                "d'Arblay",
                "St. John",
            ),
            *("Okafor", "Adeyemi", "Mensah", "Campbell", "MacTavish", "Fitzgerald"),
        ),
    ),
    Circle(
        share=14,
        given=(
            *("Amélie", "Benoît", "Cécile", "Élodie", "François", "Hélène", "Jérôme"),
            *("Loïc", "Margaux", "Noémie", "Solène", "Théo"),
        ),
        family=(
            *("Beauchêne", "Charpentier", "Delacroix", "Fontaine", "Garçon", "Lefèvre"),
            *("Montclair", "Pélissier", "Rousseau", "Saint-Éloi", "Villeneuve"),
        ),
    ),
    Circle(
        share=14,
        given=(
            *("Álvaro", "Begoña", "Concepción", "Íñigo", "Joaquín", "Lucía", "Mónica"),
            *("Ramón", "Sofía", "Tomás", "Ximena", "João"),
        ),
        family=(
            *("Castañeda", "Echeverría", "Gutiérrez", "Ibáñez", "Márquez", "Núñez"),
            *("Peñalver", "Quiñones", "Villalobos", "Zúñiga", "da Conceição"),
        ),
    ),
    Circle(
        share=12,
        given=(
            *("Anneliese", "Björn", "Dörte", "Götz", "Heidrun", "Jürgen", "Käthe"),
            *("Lieselotte", "Matthäus", "Søren", "Ulrike", "Zdeněk", "Małgorzata"),
        ),
        family=(
            *("Ackermann", "Bäumler", "Eichhörn", "Grünwald", "Jäger", "Köhler"),
            *("Lindström", "Mazur", "Nowak", "Østergaard", "Weißmüller", "Wójcik"),
        ),
    ),
    Circle(
        share=10,
        given=("美咲", "健一", "千代", "悠斗", "さくら", "大輔", "直子", "蓮", "和子"),
        family=("高橋", "渡辺", "小林", "斎藤", "松本", "清水", "森", "池田", "橋本"),
        is_family_first=True,
    ),
    Circle(
        share=7,
        given=("Priya", "Arjun", "Lakshmi", "Rohan", "Meera", "Vikram", "Anjali"),
        family=("Chatterjee", "Iyer", "Krishnamurthy", "Patwardhan", "Rao", "Sengupta"),
    ),
    Circle(
        share=5,
        given=("Анна", "Борис", "Вера", "Лев", "Надежда", "Фёдор", "Юрий"),
        family=("Шевченко", "Черных", "Бондаренко", "Лисица", "Короленко", "Дурново"),
    ),
)

#: What a character is called before a family name.
HONORIFICS = (
    *("Captain", "Inspector", "Dr.", "Aunt", "Young", "Madame", "Old", "Sister"),
    *("Professor", "Señora", "Uncle", "Judge"),
)
#: Characters without a name.
ROLES = (
    *("The Lighthouse Keeper", "Man with Umbrella", "Waitress #2", "The Neighbour"),
    *("Taxi Driver", "Voice on the Radio", "Boy in Tree", "Herself", "The Conductor"),
    *("Nurse, night shift", "Second Gravedigger", "The Dog's Voice"),
)
#: Characters that a careless program gets wrong.
AWKWARD_CHARACTERS = (
    *("", r"Agent \ Seven", "Narrator\t(voice)", '"Shorty"', "🤖 Unit 7", "él"),
    *("NULL", r"\N"),
)

#: Parts of the users' addresses.
MOODS = (
    *("brave", "calm", "eager", "early", "gentle", "happy", "idle", "jolly", "keen"),
    *("late", "lucky", "merry", "odd", "patient", "quiet", "rapid", "sleepy", "wise"),
)
ANIMALS = (
    *("otter", "heron", "badger", "lynx", "magpie", "newt", "owl", "puffin", "raven"),
    *("seal", "tapir", "urchin", "viper", "walrus", "yak", "zebra", "fox", "gecko"),
)
COUNTRIES = (
    *("US", "US", "US", "GB", "GB", "DE", "DE", "FR", "FR", "ES", "IT", "PL", "JP"),
    *("JP", "IN", "IN", "BR", "MX", "NG", "KR", "GR", "SE", "CA", "AU", "ZA", "AR"),
)
