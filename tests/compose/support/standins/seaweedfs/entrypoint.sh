#!/bin/sh
# The real one puts arguments of its own before those of `server`.
if [ "$1" = server ]; then
    shift
    set -- server -dir=/data -volume.max=0 -master.volumeSizeLimitMB=1024 "$@"
fi
exec /usr/bin/weed "$@"
