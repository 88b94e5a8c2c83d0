package io.waybill.guard;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ports where other services listen than those that receive deliveries. An address that anybody may
 * call can be a database, and some services take an HTTP request for commands of their own.
 *
 * <p>The first part is the list of the Fetch standard, "port blocking", which browsers follow; the
 * second one names what is usual in data centres. Ports that are common for HTTP, such as 8080 and
 * 9000, are in neither.
 */
final class DeniedPorts {
  private DeniedPorts() {}

  private static final String BROWSERS =
      """
      1 tcpmux
      7 echo
      9 discard
      11 systat
      13 daytime
      15 netstat
      17 quotes of the day
      19 chargen
      20 FTP
      21 FTP
      22 SSH
      23 Telnet
      25 SMTP
      37 time
      42 name servers
      43 whois
      53 DNS
      69 TFTP
      77 remote jobs
      79 finger
      87 terminal links
      95 SUPDUP
      101 host names
      102 ISO transport
      103 X.400
      104 DICOM
      109 POP2
      110 POP3
      111 RPC
      113 ident
      115 SFTP
      117 UUCP
      119 NNTP
      123 NTP
      135 RPC
      137 NetBIOS
      139 NetBIOS
      143 IMAP
      161 SNMP
      179 BGP
      389 LDAP
      427 SLP
      465 SMTP
      512 rexec
      513 rlogin
      514 rsh
      515 printers
      526 tempo
      530 courier
      531 chat
      532 netnews
      540 UUCP
      548 AFP
      554 RTSP
      556 remote file systems
      563 NNTP
      587 SMTP
      601 syslog
      636 LDAP
      989 FTP
      990 FTP
      993 IMAP
      995 POP3
      1719 H.323
      1720 H.323
      1723 PPTP
      2049 NFS
      3659 SASL
      4045 NFS locks
      4190 Sieve
      5060 SIP
      5061 SIP
      6000 X11
      6566 scanners
      6665 IRC
      6666 IRC
      6667 IRC
      6668 IRC
      6669 IRC
      6679 IRC
      6697 IRC
      10080 Amanda
      """;

  private static final String DATA_CENTRES =
      """
      445 SMB
      873 rsync
      1433 SQL Server
      1521 Oracle
      1883 MQTT
      2181 ZooKeeper
      2375 Docker
      2376 Docker
      2379 etcd
      2380 etcd
      3306 MySQL
      3389 RDP
      4222 NATS
      4369 Erlang
      5432 PostgreSQL
      5671 AMQP
      5672 AMQP
      5900 VNC
      6379 Redis
      6443 Kubernetes
      6650 Pulsar
      8883 MQTT
      9042 Cassandra
      9092 Kafka
      9093 Kafka
      9094 Kafka
      9200 Elasticsearch
      9300 Elasticsearch
      10250 Kubernetes
      10255 Kubernetes
      11211 memcached
      27017 MongoDB
      27018 MongoDB
      27019 MongoDB
      """;

  private static final Map<Integer, String> ALL =
      (BROWSERS + DATA_CENTRES)
          .lines()
          .map(line -> line.split(" ", 2))
          .collect(
              Collectors.toUnmodifiableMap(parts -> Integer.valueOf(parts[0]), parts -> parts[1]));

  private static final Set<Integer> OF_MAIL = Set.of(25, 465, 587);

  /** Who listens there, when it is nobody whom this protocol may call. */
  static Optional<String> find(int port, Protocol protocol) {
    return switch (protocol) {
      case HTTP -> Optional.ofNullable(ALL.get(port));
      case SMTP -> OF_MAIL.contains(port) ? Optional.empty() : Optional.ofNullable(ALL.get(port));
    };
  }
}
