"""How Lifeguard talks to a Traveler host: SSH, the Domino console, travelerUtil and REST.

Plain values in, typed results out; nothing here knows a Django model.
"""
