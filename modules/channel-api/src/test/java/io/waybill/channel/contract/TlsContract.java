package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.EgressProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * To whom a channel sends over TLS from the first byte, and to whom not a byte, directly and
 * through the operator's proxy, which changes nothing of it. Destinations name the host {@link
 * #HOST}; a private authority is trusted where a test says so.
 */
public abstract class TlsContract {
  protected static final String HOST = "receiver.example";

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  /** What the server of TLS 1.0 chooses: that version, and a cipher suite of its time. */
  private static final String SERVER_HELLO_TLS_1_0 =
      "160301002a" + "02000026" + "0301" + "5f".repeat(32) + "00" + "002f" + "00";

  private static final int APPLICATION_DATA = 0x17;

  @TempDir static Path folder;
  private static TestCertificates authority;
  private static TestCertificates stranger;

  private final List<String> serverNames = new CopyOnWriteArrayList<>();
  private final List<Integer> applicationBytes = new CopyOnWriteArrayList<>();
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

  /** A channel behind this guard that trusts so. Closed by the suite. */
  protected abstract Channel newChannel(AddressGuard guard, SSLContext trust);

  /** An attempt at {@link #HOST}, with TLS from the first byte. */
  protected abstract Attempt attempt(int port, Duration timeout);

  /** Serves one connection as a receiver that takes everything. */
  protected abstract void accept(InputStream in, OutputStream out) throws IOException;

  @BeforeAll
  static void makeCertificates() {
    authority =
        new TestCertificates(folder, "authority")
            .signed("right", HOST)
            .signed("expired", HOST, "-startdate", "-10d", "-validity", "5")
            .signed("early", HOST, "-startdate", "+10d", "-validity", "5")
            .signed("elsewhere", "other.example")
            .selfSigned("self", HOST);
    stranger = new TestCertificates(folder, "stranger").signed("right", HOST);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** How connections go out. */
  enum Way {
    DIRECT,
    THROUGH_THE_PROXY
  }

  @ParameterizedTest
  @EnumSource
  void delivers(Way way) throws Exception {
    int port = serve(authority.server("right"));

    assertThat(send(way, authority.trust(), port)).isInstanceOf(Outcome.Delivered.class);
    assertThat(serverNames).containsOnly(HOST);
    assertThat(applicationBytes).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "expired, has expired",
    "early, is not valid yet",
    "elsewhere, is for another host",
    "self, is not signed by an authority",
  })
  void sendsNothingToACertificateThatIsNotGood(String alias, String words) throws Exception {
    refused(authority.trust(), serve(authority.server(alias)), words);
  }

  @Test
  void sendsNothingToAnUnknownAuthority() throws Exception {
    refused(authority.trust(), serve(stranger.server("right")), "is not signed by an authority");
  }

  /** A private authority is none to a JVM that was not told of it. */
  @Test
  void sendsNothingToAPrivateAuthorityWithoutItsCertificate() throws Exception {
    refused(
        SSLContext.getDefault(), serve(authority.server("right")), "is not signed by an authority");
  }

  @Test
  void sendsNothingOverAnOldProtocol() throws Exception {
    Listener old =
        listen(socket -> {
          readRecord(socket.getInputStream());
          socket.getOutputStream().write(HexFormat.of().parseHex(SERVER_HELLO_TLS_1_0));
          socket.getOutputStream().flush();
          readRecords(socket.getInputStream());
        });

    refused(authority.trust(), old.port(), "no acceptable TLS connection");
  }

  @ParameterizedTest
  @EnumSource
  void sendsNothingInClear(Way way) throws Exception {
    Listener clear =
        listen(socket -> {
          socket.getOutputStream().write("220 mail.example ESMTP\r\n".getBytes());
          socket.getOutputStream().flush();
          readRecords(socket.getInputStream());
        });

    assertThat(send(way, authority.trust(), clear.port()))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isNotEqualTo(Reason.EGRESS_UNAVAILABLE));
    assertThat(applicationBytes).isEmpty();
  }

  /** Whichever way it goes. */
  private void refused(SSLContext trust, int port, String words) throws Exception {
    for (Way way : Way.values()) {
      assertThat(send(way, trust, port))
          .as("%s", way)
          .isInstanceOfSatisfying(
              Outcome.Transient.class,
              failed -> {
                assertThat(failed.reason()).isEqualTo(Reason.TLS_FAILURE);
                assertThat(failed.message()).contains(words);
              });
      assertThat(applicationBytes).as("%s", way).isEmpty();
    }
  }

  private Outcome send(Way way, SSLContext trust, int port) throws Exception {
    return switch (way) {
      case DIRECT -> send(Optional.empty(), trust, port);
      case THROUGH_THE_PROXY -> {
        ConnectProxy proxy = new ConnectProxy(ConnectProxy.Manner.LETS_THROUGH);
        open.add(proxy);
        Outcome outcome =
            send(
                Optional.of(
                    new EgressProxy(
                        "127.0.0.1", proxy.port(), EgressProxy.Asks.BY_ADDRESS, Optional.empty())),
                trust,
                port);
        assertThat(proxy.askedFor()).containsOnly("127.0.0.1:" + port);
        yield outcome;
      }
    };
  }

  private Outcome send(Optional<EgressProxy> proxy, SSLContext trust, int port) throws Exception {
    AddressGuard guard =
        new AddressGuard(
            host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
            List.of(Cidr.parse("127.0.0.1/32")),
            2,
            proxy);
    Channel channel = newChannel(guard, trust);
    open.add(guard);
    open.add(channel);
    return channel.send(attempt(port, TIMEOUT)).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private int serve(SSLContext context) {
    return listen(
            socket -> {
              SSLSocket secured =
                  (SSLSocket)
                      context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
              secured.setUseClientMode(false);
              SSLParameters parameters = secured.getSSLParameters();
              parameters.setSNIMatchers(List.of(new Recorder()));
              secured.setSSLParameters(parameters);
              secured.startHandshake();
              accept(new Counted(secured.getInputStream()), secured.getOutputStream());
            })
        .port();
  }

  private Listener listen(Conversation conversation) {
    Listener listener = new Listener(conversation);
    open.add(listener);
    return listener;
  }

  /** Reads the records that come, until the other side hangs up. */
  private void readRecords(InputStream in) throws IOException {
    while (readRecord(in)) {
      // each of them is looked at there
    }
  }

  /** Reads one TLS record; what is none counts as application data. */
  private boolean readRecord(InputStream in) throws IOException {
    byte[] head = in.readNBytes(5);
    if (head.length < 5) {
      return false;
    }
    boolean isHandshakeOrAlert = head[0] >= 0x14 && head[0] <= 0x16 && head[1] == 3;
    if (!isHandshakeOrAlert || head[0] == APPLICATION_DATA) {
      applicationBytes.add((int) head[0]);
    }
    in.readNBytes((head[3] & 0xff) << 8 | (head[4] & 0xff));
    return true;
  }

  @FunctionalInterface
  private interface Conversation {
    void hold(Socket socket) throws IOException;
  }

  private static final class Listener implements AutoCloseable {
    private final ServerSocket socket;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

    Listener(Conversation conversation) {
      try {
        socket = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(() -> accept(conversation));
    }

    int port() {
      return socket.getLocalPort();
    }

    private void accept(Conversation conversation) {
      while (true) {
        try {
          Socket client = socket.accept();
          clients.add(client);
          Thread.ofVirtual().start(() -> hold(conversation, client));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private static void hold(Conversation conversation, Socket client) {
      try (client) {
        conversation.hold(client);
      } catch (IOException e) {
        // The client hung up, or did not like the certificate.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private final class Counted extends java.io.FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        applicationBytes.add(value);
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        applicationBytes.add(count);
      }
      return count;
    }
  }

  private final class Recorder extends SNIMatcher {
    Recorder() {
      super(0);
    }

    @Override
    public boolean matches(@Nullable SNIServerName name) {
      if (name != null) {
        serverNames.add(new SNIHostName(name.getEncoded()).getAsciiName());
      }
      return true;
    }
  }
}
