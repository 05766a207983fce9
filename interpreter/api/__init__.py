"""The REST API: who may ask what, and the document that says so.

Every operation is declared once (`frame.Operation`): its method and path, who may call it, what it takes and what it
answers. The routes of the web application and the OpenAPI document come from the same declaration, so neither can say
something that the other does not. A handler is given what was asked when the token was genuine and the body was what
the declaration says; it returns what the declaration promises, or raises `errors.Refused`.
"""
