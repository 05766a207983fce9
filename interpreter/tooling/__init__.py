"""What the commands of `ivr` do, apart from reading their arguments. Files and terminals are touched here and
nowhere deeper."""
