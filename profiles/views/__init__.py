"""HTTP in, HTTP out. Every page here belongs to the member who is signed in."""
