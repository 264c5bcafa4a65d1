# A session of its own beside the test: psql that is sent commands, and whose output is looked at, while it runs.
#
#   my $session = psql_session->start($node, 'alice');
#   $session->send("BEGIN; SELECT 'begun';\n");
#   $session->wait_for(qr/begun/);
#   $session->finish("COMMIT;\n");
#   is($session->{err}, '');

package psql_session;

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Utils;

# The process id of its backend is in {pid}. Errors do not end it, and are verbose, with SQLSTATE.
sub start
{
	my ($class, $node, $user) = @_;
	my $self = bless { in => "SELECT pg_backend_pid();\n", out => '', err => '' }, $class;
	my $connection = $node->connstr('postgres') . (defined $user ? " user=$user" : '');

	$self->{run} = IPC::Run::start(
		[
			'psql', '--no-psqlrc', '--no-align', '--tuples-only', '--quiet', '--set', 'VERBOSITY=verbose',
			'--dbname', $connection
		],
		'<' => \$self->{in}, '>' => \$self->{out}, '2>' => \$self->{err},
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$self->wait_for(qr/^\d+\n/);
	($self->{pid}) = $self->{out} =~ /^(\d+)/;
	return $self;
}

# Does not wait for an answer.
sub send
{
	my ($self, $commands) = @_;
	$self->{in} .= $commands;
	$self->{run}->pump_nb;
	return;
}

sub wait_for
{
	my ($self, $output) = @_;
	$self->{run}->pump until $self->{out} =~ $output;
	return;
}

# Sends what is left to say and waits for its end.
sub finish
{
	my ($self, $commands) = @_;
	$self->{in} .= $commands if defined $commands;
	$self->{in} .= "\\q\n";
	return if eval { $self->{run}->finish; 1 };
	die $@ if $@ !~ /Broken pipe/; # psql has ended before, since its connection was lost
	$self->{in} = '';
	eval { $self->{run}->finish };
	return;
}

1;
