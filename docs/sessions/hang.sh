# A monitor that hangs: where it did, and what to do.
bundlet solo app.xml > container.log & sleep 4
bundlet explain app
bundlet logs app --level warning
