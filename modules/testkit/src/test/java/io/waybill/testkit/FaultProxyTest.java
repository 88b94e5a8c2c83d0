package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private static final int PATIENT_MILLIS = 30_000;

  /** Long for something that passes on one machine. */
  private static final int BRIEF_MILLIS = 500;

  private ServerSocket echo;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    proxy = FaultProxy.to(echo.getLocalPort(), 0);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = echo.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (client) {
                client.getInputStream().transferTo(client.getOutputStream());
              } catch (IOException e) {
                // The client was reset.
              }
            });
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private Socket connect(int readWithin) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(readWithin);
    return socket;
  }

  private static String ask(Socket socket, String question) throws IOException {
    socket.getOutputStream().write(question.getBytes(US_ASCII));
    byte[] answer = socket.getInputStream().readNBytes(question.length());
    return new String(answer, US_ASCII);
  }

  @Test
  void passesEverythingBothWaysAndTheEnd() throws IOException {
    byte[] much = new byte[300_000];
    Arrays.fill(much, (byte) 'x');
    try (Socket socket = connect(PATIENT_MILLIS)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              socket.getOutputStream().write(much);
              socket.shutdownOutput();
            } catch (IOException e) {
              // The reader sees too little.
            }
          });

      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(much);
    }
    assertThat(proxy.connections()).isEqualTo(1);
  }

  @Test
  void isSlow() throws IOException {
    proxy.trouble(new FaultProxy.Slow(Duration.ofMillis(200)));
    try (Socket socket = connect(PATIENT_MILLIS)) {
      long began = System.nanoTime();

      assertThat(ask(socket, "hello")).isEqualTo("hello");

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as("once there and once back")
          .isGreaterThanOrEqualTo(Duration.ofMillis(400));
    }
  }

  @Test
  void passesPiecesAndLosesNone() throws IOException {
    proxy.trouble(new FaultProxy.Sliced(2, Duration.ofMillis(50)));
    try (Socket socket = connect(PATIENT_MILLIS)) {
      socket.getOutputStream().write("abcdefgh".getBytes(US_ASCII));

      byte[] first = new byte[8];
      int read = socket.getInputStream().read(first);
      String rest = new String(socket.getInputStream().readNBytes(8 - read), US_ASCII);

      assertThat(read).isLessThan(8);
      assertThat(new String(first, 0, read, US_ASCII) + rest).isEqualTo("abcdefgh");
    }
  }

  @Test
  void holdsEverythingInABlackHoleAndPassesItWhenHealed() throws IOException {
    try (Socket socket = connect(BRIEF_MILLIS)) {
      assertThat(ask(socket, "before")).isEqualTo("before");
      proxy.trouble(new FaultProxy.BlackHole());

      assertThatThrownBy(() -> ask(socket, "meanwhile")).isInstanceOf(SocketTimeoutException.class);

      proxy.heal();
      socket.setSoTimeout(PATIENT_MILLIS);
      assertThat(new String(socket.getInputStream().readNBytes(9), US_ASCII))
          .isEqualTo("meanwhile");
    }
  }

  @Test
  void aBlackHoleHoldsTheEndOfAConnectionToo() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FaultProxy link = FaultProxy.to(server.getLocalPort(), 0);
        Socket ending = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket behindEnding = server.accept();
        Socket resetting = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket behindResetting = server.accept()) {
      behindEnding.setSoTimeout(BRIEF_MILLIS);
      behindResetting.setSoTimeout(BRIEF_MILLIS);
      link.trouble(new FaultProxy.BlackHole());

      ending.shutdownOutput();
      resetting.setSoLinger(true, 0);
      resetting.close();

      assertThatThrownBy(() -> behindEnding.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> behindResetting.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.heal();
      behindEnding.setSoTimeout(PATIENT_MILLIS);
      behindResetting.setSoTimeout(PATIENT_MILLIS);
      assertThat(behindEnding.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(
              () -> {
                int read = behindResetting.getInputStream().read();
                assertThat(read).as("a reset instead").isEqualTo(-2);
              })
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void whatWaitedInABlackHoleIsResetWhenTheServerIsToBeGone() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FaultProxy link = FaultProxy.to(server.getLocalPort(), 0)) {
      server.setSoTimeout(BRIEF_MILLIS);
      link.trouble(new FaultProxy.BlackHole());
      try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), link.port())) {
        waiting.setSoTimeout(PATIENT_MILLIS);
        Awaitility.await().until(() -> link.connections() == 1);

        link.trouble(new FaultProxy.Refuses());

        assertThatThrownBy(
                () -> {
                  int read = waiting.getInputStream().read();
                  assertThat(read).as("a reset instead").isEqualTo(-2);
                })
            .isInstanceOf(SocketException.class);
        assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void resetsWhatIsOpenAndWhatIsNew() throws IOException {
    try (Socket socket = connect(PATIENT_MILLIS)) {
      assertThat(ask(socket, "before")).isEqualTo("before");

      proxy.trouble(new FaultProxy.Resets());

      assertThatThrownBy(() -> ask(socket, "now")).isInstanceOf(SocketException.class);
    }
    try (Socket socket = connect(PATIENT_MILLIS)) {
      assertThatThrownBy(
              () -> {
                String answer = ask(socket, "now");
                // An end instead of a reset would be an answer cut short.
                assertThat(answer).isEqualTo("a reset");
              })
          .isInstanceOf(SocketException.class);
    }
    proxy.heal();
    try (Socket socket = connect(PATIENT_MILLIS)) {
      assertThat(ask(socket, "after")).isEqualTo("after");
    }
  }

  @Test
  void refusesAndComesBackOnTheSamePort() throws IOException {
    int port = proxy.port();
    proxy.trouble(new FaultProxy.Refuses());

    assertThatThrownBy(() -> connect(PATIENT_MILLIS)).isInstanceOf(ConnectException.class);

    proxy.heal();
    assertThat(proxy.port()).isEqualTo(port);
    try (Socket socket = connect(PATIENT_MILLIS)) {
      assertThat(ask(socket, "after")).isEqualTo("after");
    }
  }

  @Test
  void aServerThatIsAwayIsAReset() throws IOException {
    echo.close();
    Awaitility.await().until(echo::isClosed);
    try (Socket socket = connect(PATIENT_MILLIS)) {
      assertThatThrownBy(
              () -> {
                assertThat(ask(socket, "hello")).isEqualTo("a reset");
              })
          .isInstanceOf(SocketException.class);
    }
  }
}
