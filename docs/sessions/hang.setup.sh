mkdir -p ocf/resource.d/example
cat >ocf/resource.d/example/app <<'AGENT'
#!/bin/sh
case $1 in
  start) touch state ;;
  stop) rm -f state ;;
  monitor)
    [ -e state ] || exit 7
    echo "INFO: asking the application" >&2
    curl --silent --max-time 60 http://127.0.0.1:21212/health
    ;;
esac
AGENT
chmod 755 ocf/resource.d/example/app
export OCF_ROOT=$PWD/ocf
cat >app.xml <<'XML'
<primitive id="app" class="ocf" provider="example" type="app">
  <operations><op id="m" name="monitor" interval="2s" timeout="2s" on-fail="block"/></operations>
</primitive>
XML
# An application that accepts connections and never answers.
python3 -c 'import socket,time; s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(("127.0.0.1",21212)); s.listen(); time.sleep(60)' &
