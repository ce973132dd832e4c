# A cache in solo mode: started, killed, restarted, looked at.
cat cache.xml
bundlet solo cache.xml > container.log & bundlet wait cache
bundlet status
kill -9 $(pgrep -x memcached); sleep 2; bundlet explain cache
bundlet history cache
