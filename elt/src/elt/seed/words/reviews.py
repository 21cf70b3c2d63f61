"""Sentences of reviews: one about the whole, some about parts, one to close."""

from __future__ import annotations

#: What is said first, by the number of stars.
VERDICTS = {
    1: (
        "I want my evening back.",
        "The best part was the interval.",
        "Two hours of people not finishing their sentences.",
        "My popcorn had more plot.",
        "Not even the dog liked it.",
    ),
    2: (
        "A good idea, buried under a bad script.",
        "It tries hard, and you can tell.",
        "I checked my watch eleven times.",
        "Somewhere in here is a fine short film.",
    ),
    3: (
        "Decent, if you know nothing else that is on.",
        "Half of it is lovely; guess which half.",
        "A perfectly average Tuesday film.",
        "Neither here nor there, but prettily so.",
    ),
    4: (
        "Better than the poster promised.",
        "Warm, funny, and only a little too long.",
        "I laughed, I cried, I missed my tram.",
        "A small film with a big heart.",
    ),
    5: (
        "A masterpiece, and I do not say that lightly.",
        "I went straight back in for the next showing.",
        "The whole cinema stood up at the end.",
        "Everything I love about films, in one film.",
        "Perfect from the first frame to the last.",
    ),
}
REMARKS = (
    "The photography alone is worth the ticket.",
    "The score never stops explaining what we should feel.",
    "The lead carries every scene she is in.",
    "The villain has the best lines, as always.",
    "Somebody should have shown the editor a clock.",
    "The ending divides families; it divided ours.",
    "Keep an eye on the umbrella in the background.",
    "The dialogue sounds like people talking, which is rare.",
    "It was filmed in the town where I grew up: the bridge is wrong.",
    "The subtitles were a beat late throughout.",
    "There is a scene with a kettle that I will never forget.",
    "The second act sags like an old sofa.",
)
CLOSINGS = (
    "Recommended.",
    "Bring a handkerchief.",
    "Wait for it on television.",
    "My grandmother agrees.",
    "Seen twice.",
    "See it with somebody you trust.",
    "No sequel, please!",
    "9/10 for the soundtrack.",
)
