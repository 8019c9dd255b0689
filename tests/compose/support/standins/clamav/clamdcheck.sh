#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/3310 && echo PING >&3 && read -r answer <&3 && [ "${answer%%[^A-Z]*}" = PONG ]
