"""Words, tones, charts and cards: what views, API and sockets show."""
