# Fills a Request Tracker 5 with tickets of the last ninety days, through its own Perl interface and with its
# own clock moved into the past. Prints the keys of its users as shell variables.
#
#   perl seed.pl 320
#
# What is in it, on purpose: tickets opened by staff and by clients (their Due moves), owners, queues, priorities
# and service levels that change, answers and comments with time, corrections of time, reopened, rejected,
# stalled, deleted, undeleted and merged tickets (also along a chain), a technician who left, a dispatcher who
# owns nothing, a program, subjects in several alphabets, and four users for us: one with a time zone, one
# without, one that may not see comments, one that may see one queue only.
use strict;
use warnings;
use utf8;
use POSIX ();

our $NOW;
BEGIN {  # before Request Tracker is loaded; it stamps transactions with a bare gmtime()
    my $now = sub { return defined $main::NOW ? $main::NOW : CORE::time() };
    *CORE::GLOBAL::time = sub () { return $now->() };
    *CORE::GLOBAL::gmtime = sub (;$) { return CORE::gmtime(@_ && defined $_[0] ? $_[0] : $now->()) };
    *CORE::GLOBAL::localtime = sub (;$) { return CORE::localtime(@_ && defined $_[0] ? $_[0] : $now->()) };
}
use lib '/usr/local/share/request-tracker5/lib', '/usr/share/request-tracker5/lib';
use RT -init;
use RT::Interface::CLI;
use RT::AuthToken;

my $count = shift // 320;
srand 42;
$RT::Handle->dbh->do('PRAGMA synchronous = OFF');
my $system = RT->SystemUser;
my $present = CORE::time();
my $start = $present - 90 * 86400;
my $last = $present - 600;
$NOW = $start;

sub must { my ($ok, $message) = @_; die 'failed: ' . ($message // '?') . "\n" unless $ok; return $ok }
sub chance { return rand() < shift }
sub one_of { return $_[rand @_] }
sub later { $NOW += 60 + int rand shift; $NOW = $last if $NOW > $last; return }

my %queue;
for my $name ('Service Desk', 'Network', 'Onboarding') {
    my $queue = RT::Queue->new($system);
    must($queue->Create(Name => $name, Lifecycle => 'default', SLADisabled => 0));
    $queue{$name} = $queue;
}
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
for my $right (qw(CreateTicket ReplyToTicket)) {
    must($everyone->PrincipalObj->GrantRight(Right => $right, Object => RT->System));
}

sub user {
    my ($name, %more) = @_;
    my $user = RT::User->new($system);
    must($user->Create(Name => $name, EmailAddress => ($name =~ /@/ ? $name : "$name\@msp.test"), %more));
    return $user;
}
sub grant {
    my ($user, $object, @rights) = @_;
    must($user->PrincipalObj->GrantRight(Right => $_, Object => $object)) for @rights;
    return $user;
}
my @STAFF = qw(OwnTicket ShowTicket ShowTicketComments ModifyTicket SeeQueue ReplyToTicket CommentOnTicket
    DeleteTicket ReassignTicket);
my @technicians = map { grant(user("tech$_", RealName => "Technician $_", Privileged => 1), RT->System, @STAFF) } 1 .. 4;
my $dispatcher = grant(user('dispatch', RealName => 'Dora Dispatch', Privileged => 1), RT->System, @STAFF);
my $monitor = grant(user('monitor', RealName => 'Monitoring', Privileged => 1), RT->System, @STAFF);
my @clients;
for my $client ('Acme Dental', 'Birch Law', 'Cobalt Mfg') {
    (my $domain = lc $client) =~ s/\W.*//;
    push @clients, map { user("user$_\@$domain.test", RealName => "User $_", Organization => $client, Privileged => 0) } 1 .. 3;
}
my $field = RT::CustomField->new($system);
must($field->Create(Name => 'Client', Type => 'Freeform', MaxValues => 1, LookupType => 'RT::Queue-RT::Ticket'));
must($field->AddToObject(RT::Queue->new($system)));
my $kind = RT::CustomField->new($system);
must($kind->Create(Name => 'Kind', Type => 'Freeform', MaxValues => 1, LookupType => 'RT::Queue-RT::Ticket'));
must($kind->AddToObject(RT::Queue->new($system)));

sub as { my ($user, $ticket) = @_; my $seen = RT::Ticket->new(RT::CurrentUser->new($user->Id)); $seen->Load($ticket->Id); return $seen }

my @subjects = ('Printer offline', 'VPN drops', 'Mailbox full', 'New starter', 'Disk alert on SRV01',
    'Password reset', 'Zoë’s laptop – slow', 'מדפסת לא עובדת', '打印机离线 🖨️');
my @made;
for my $number (1 .. $count) {
    stop_mails() if $number == 21;  # each mail takes as long as the rest of a change, and leaves a hidden row
    $NOW = $start + int(89 * 86400 * ($number - 1) / $count) + int rand 3600;
    my $client = one_of(@clients);
    my $ticket = RT::Ticket->new(chance(0.4) ? RT::CurrentUser->new($client->Id) : $system);
    my ($id, undef, $message) = $ticket->Create(
        Queue => $queue{one_of(sort keys %queue)}->Id,
        Subject => one_of(@subjects) . " #$number",
        Requestor => $client->EmailAddress,
        SLA => one_of('Critical', 'Standard', 'Standard', 'Low', 'Callback', ''),
        Priority => int rand 101,
        'CustomField-' . $field->Id => $client->Organization,
        'CustomField-' . $kind->Id => one_of('Incident', 'Request', 'Wartung', ''),
        MIMEObj => MIME::Entity->build(Type => 'text/plain', Charset => 'UTF-8', Data => ["Please help, item $number"]),
    );
    must($id, $message);
    $ticket = RT::Ticket->new($system);
    $ticket->Load($id);
    push @made, $ticket;
    work($ticket, $client);
}

sub stop_mails {
    my $scrips = RT::Scrips->new($system);
    $scrips->UnLimit;
    while (my $scrip = $scrips->Next) {
        must($scrip->SetDisabled(1)) if $scrip->ActionObj->ExecModule =~ /Notify|Autoreply/;
    }
    return;
}

sub work {
    my ($ticket, $client) = @_;
    my $technician = one_of(@technicians[0 .. 2]);
    later(3600);
    as($dispatcher, $ticket)->Comment(Content => 'Triage', TimeTaken => 1 + int rand 5) if chance(0.2);
    $ticket->SetOwner($technician->Id, 'Force');
    if (chance(0.15)) { later(3600); $technician = $technicians[3]; as($dispatcher, $ticket)->SetOwner($technician->Id, 'Force') }
    if (chance(0.1)) { later(600); as($technician, $ticket)->SetPriority(int rand 101) }
    if (chance(0.05)) { later(600); as($technician, $ticket)->SetQueue($queue{one_of(sort keys %queue)}->Id) }
    if (chance(0.03)) { later(600); $ticket->SetSLA('Critical') }
    if (chance(0.1)) { later(600); as($monitor, $ticket)->Comment(Content => 'Probe: still down') }
    later(14400);
    as($technician, $ticket)->Correspond(Content => 'Looking into it', TimeTaken => 5 + int rand 40) unless chance(0.05);
    for (1 .. int rand 3) {
        later(86400); as($client, $ticket)->Correspond(Content => 'Any news?');
        later(14400); as($technician, $ticket)->Correspond(Content => 'On it', TimeTaken => int rand 20);
    }
    if (chance(0.05)) { later(600); as($technician, $ticket)->SetDue(POSIX::strftime('%Y-%m-%d %H:%M:%S', gmtime($NOW + 86400))) }
    if (chance(0.06)) { later(600); my $seen = as($technician, $ticket); $seen->SetTimeWorked(int($seen->TimeWorked / 2)) }
    if (chance(0.1)) { later(86400); as($technician, $ticket)->SetStatus('stalled'); return if chance(0.3) }
    return if chance(0.2);
    later(3 * 86400);
    as($technician, $ticket)->Comment(Content => 'Fixed on site', TimeTaken => 10 + int rand 90);
    as($technician, $ticket)->SetStatus(chance(0.04) ? 'rejected' : 'resolved');
    if (chance(0.15)) {
        later(2 * 86400); as($technician, $ticket)->SetStatus('open');
        if (chance(0.6)) { later(86400); as($technician, $ticket)->SetStatus('resolved') }
    }
    return;
}

sub fresh { my ($number) = @_; my $ticket = RT::Ticket->new($system); $ticket->Load($made[$number - 1]->Id); return $ticket }

$NOW = $present - 500;
for my $number (grep { $_ % 40 == 3 } 1 .. $count) { must(fresh($number)->SetStatus('deleted')) }
for my $number (grep { $_ % 160 == 43 } 1 .. $count) { must(fresh($number)->SetStatus('open')) }
for my $number (grep { $_ % 37 == 2 && $_ < $count } 1 .. $count) { must(fresh($number)->MergeInto($made[$number]->Id)) }
for my $number (grep { $_ % 74 == 3 && $_ + 1 < $count } 1 .. $count) { must(as($technicians[0], $made[$number - 1])->MergeInto($made[$number + 1]->Id)) }
must($technicians[3]->SetDisabled(1));

my @READER = qw(SeeQueue ShowTicket ShowTicketComments SeeCustomField);
sub key {
    my ($user) = @_;
    my ($ok, $message, $plain) = RT::AuthToken->new(RT::CurrentUser->new($user->Id))->Create(Owner => $user->Id, Description => 'tests');
    ($ok, $message, $plain) = RT::AuthToken->new($system)->Create(Owner => $user->Id, Description => 'tests') unless $ok;
    must($ok, $message);
    return $plain;
}
undef $NOW;
my $root = RT::User->new($system);
$root->Load('root');
my %keys = (
    RT5_ADMIN_TOKEN => $root,
    RT5_TOKEN => grant(user('reader', Privileged => 1, Timezone => 'Europe/Madrid'), RT->System, @READER),
    RT5_TOKEN_WITHOUT_ZONE => grant(user('zoneless', Privileged => 1), RT->System, @READER),
    RT5_TOKEN_WITHOUT_COMMENTS => grant(user('blind', Privileged => 1, Timezone => 'UTC'), RT->System, grep { !/Comments/ } @READER),
    RT5_TOKEN_OF_ONE_QUEUE => grant(user('narrow', Privileged => 1, Timezone => 'UTC'), $queue{'Network'}, @READER),
);
print "$_=" . key($keys{$_}) . "\n" for sort keys %keys;

# A clock that was not moved after all would make every history one of today.
my ($days) = $RT::Handle->dbh->selectrow_array("SELECT julianday(max(Created)) - julianday(min(Created))"
    . " FROM Transactions WHERE ObjectType = 'RT::Ticket'");
die "the transactions span $days days only\n" if $count > 100 && $days < 60;
