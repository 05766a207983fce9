"""Azure Communication Services: its callbacks, its tokens, its Event Grid, and the requests that we make of it."""
