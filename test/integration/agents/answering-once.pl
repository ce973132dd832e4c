#!/usr/bin/perl
# In place of ganesha.nfsd: goes into the background, answers one call, says in its log why it ends, and does so a moment
# after its connections are reset.
use strict;
use warnings;
use Getopt::Std;
use IO::Socket::INET;

getopts('f:p:L:N:', \my %option) or die;
open my $text, '<', $option{f} or die;
my ($port) = join('', <$text>) =~ /NFS_Port = (\d+)/ or die;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 5, ReuseAddr => 1) or die;
exit 0 if fork;
open my $pid, '>', $option{p} or die;
print $pid "$$\n";
close $pid;

my $caller = $listener->accept;
read $caller, my $call, 8;
my (undef, $xid) = unpack 'NN', $call;
# One fragment: a reply that is accepted, with no verifier: success [RFC 5531 9].
syswrite $caller, pack('N7', 0x80000018, $xid, 1, 0, 0, 0, 0);
$listener->accept;
open my $log, '>>', $option{L} or die;
print $log "23/11/2026 00:00:00 : epoch 0 : host : ganesha.nfsd-$$\[main] start :NFS STARTUP :FATAL :No more today\n";
close $log;
# What is open is closed a moment before a process is gone.
close $_ for $listener, $caller;
select undef, undef, undef, 0.3;
