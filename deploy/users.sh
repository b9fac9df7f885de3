#!/bin/sh
# The three users of the database, who own nothing; run once by the database's container, when its volume is new.
# begin.sh makes the tables and says what each of them may do.
set -eu
psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v public="$PUBLIC_PASSWORD" -v agents="$AGENTS_PASSWORD" -v delivery="$DELIVERY_PASSWORD" <<'SQL'
create role desk_public login password :'public';
create role desk_agents login password :'agents';
create role desk_delivery login password :'delivery';
SQL
