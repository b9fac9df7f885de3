#!/bin/sh
# Before the others of compose.yaml start, and again after an update or `keys rotate`: the keys, the tables, what each
# user of the database may do, and for the public process the half of the keys that opens nothing.
set -eu
umask 077
python -m flask --app wsgi prepare --no-port
python -m flask --app wsgi grants --apply
mkdir -p "$PUBLIC_KEYS_FOLDER"
for name in hashing secret public; do
    cp "$SUPPORTDESK_KEYS_FOLDER/$name" "$PUBLIC_KEYS_FOLDER/.$name"
    mv "$PUBLIC_KEYS_FOLDER/.$name" "$PUBLIC_KEYS_FOLDER/$name" # At once: somebody may be reading it.
done
