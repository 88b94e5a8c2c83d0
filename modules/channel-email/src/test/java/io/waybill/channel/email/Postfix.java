package io.waybill.channel.email;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A mail server as it stands on the internet: Debian's postfix with a configuration and a queue of
 * its own, which takes mail for one domain into folders and sends nothing anywhere.
 */
final class Postfix implements AutoCloseable {
  static final String DOMAIN = "hospital.test";

  private static final Path COMMAND = Path.of("/usr/sbin/postfix");
  private static final Path DAEMONS = Path.of("/usr/lib/postfix/sbin");

  private final Path folder;
  private final int port;

  private Postfix(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** Its master process must be root's. */
  static boolean canRun() {
    return Files.isExecutable(COMMAND)
        && Files.isDirectory(DAEMONS)
        && "root".equals(System.getProperty("user.name"));
  }

  static Postfix start() throws IOException, InterruptedException {
    // Not JUnit's folder: postfix drops its rights, and must still reach what is in it.
    Path folder = Files.createTempDirectory("waybill-postfix-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name : List.of("conf", "queue", "data", "mail")) {
      Files.createDirectory(folder.resolve(name));
    }
    var users = folder.getFileSystem().getUserPrincipalLookupService();
    Files.setOwner(folder.resolve("data"), users.lookupPrincipalByName("postfix"));
    Files.setOwner(folder.resolve("mail"), users.lookupPrincipalByName("nobody"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Postfix postfix = new Postfix(folder, port);
    postfix.configure();
    postfix.run("start");
    return postfix;
  }

  private void configure() throws IOException {
    Object nobody = Files.getAttribute(folder.resolve("mail"), "unix:uid");
    Files.writeString(
        folder.resolve("conf/main.cf"),
        """
        compatibility_level = 3.6
        queue_directory = %1$s/queue
        data_directory = %1$s/data
        command_directory = /usr/sbin
        daemon_directory = %2$s
        mail_owner = postfix
        setgid_group = postdrop
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mx.%3$s
        mydestination =
        mynetworks = 127.0.0.0/8
        smtpd_relay_restrictions = permit_mynetworks, reject
        virtual_mailbox_domains = %3$s
        virtual_mailbox_base = %1$s/mail
        virtual_mailbox_maps = static:box/
        virtual_uid_maps = static:%4$s
        virtual_gid_maps = static:%4$s
        default_transport = error:nothing leaves this machine
        maillog_file = %1$s/log
        maillog_file_prefixes = %1$s
        """
            .formatted(folder, DAEMONS, DOMAIN, nobody));
    Files.writeString(
        folder.resolve("conf/master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        tlsmgr unix - - n 1000? 1 tlsmgr
        postlog unix-dgram n - n - 1 postlogd
        """
            .formatted(port));
  }

  private void run(String order) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(COMMAND.toString(), "-c", folder.resolve("conf").toString(), order)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(order + ".out").toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError("postfix " + order + ": " + said());
    }
  }

  int port() {
    return port;
  }

  /** The mails in the box, as they were stored. */
  List<Path> mails() {
    Path box = folder.resolve("mail/box/new");
    if (!Files.isDirectory(box)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(box)) {
      return all.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Its log, for a test that failed. */
  String said() {
    try {
      Path log = folder.resolve("log");
      return Files.exists(log) ? Files.readString(log) : "nothing in its log";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    run("stop");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
