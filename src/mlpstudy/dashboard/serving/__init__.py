"""Who may ask, and what is answered: addresses, access, connections, the pages' files, the server."""
