"""Prompts as files: which texts of a script never change, what their files are called, and where they lie.

A file is named after what is heard in it (`files.name_of`): the words, the language, the voice and the format. So a
file that is there is current, a changed text has another file, and two scripts with the same sentence share one. Texts
with a value in them have no file: the telephone service speaks them.

- `texts`: the texts of a script.
- `files`: their names, the folder, and how a text that a call wants to say is put together of files.
- `wav`: whether something is a sound that the telephone service plays.
"""
