package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is dialled but what was judged. */
class StorageAddressTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** A busy machine is late, but not by that much. */
  private static final Duration FAR_TOO_LONG = Duration.ofSeconds(9);

  private final Rig rig = new Rig();
  private final RawServer server = rig.serve(RawServer.answering(RawServer.kept()));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @ParameterizedTest(name = "row 46: {0}")
  @ValueSource(
      strings = {
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "[::1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
      })
  void aDeniedLiteralIsNeverDialled(String host) {
    rig.allowingNothing();

    Outcome outcome = rig.send(anAttempt().at("http://" + host + ":" + server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(failed.message()).contains("--allow-cidr");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aDeniedNameIsNeverDialledAndMayBeRightTomorrow() {
    rig.allowingNothing();

    Outcome outcome = rig.send(anAttempt().at("http://localhost:" + server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(failed.message()).startsWith("localhost ").doesNotContain("127.");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aNameWithOneDeniedAddressIsNotDialledAtTheOther() {
    rig.resolver(host -> List.of(LOOPBACK, InetAddress.ofLiteral("10.0.0.1")));

    assertThat(rig.send(anAttempt().at("http://mixed.example:" + server.port())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED));
    assertThat(server.connections()).isZero();
  }

  @Test
  void aSecondAnswerOfTheNameServerIsNeverAskedFor() {
    AtomicInteger calls = new AtomicInteger();
    rig.allowingNothing()
        .resolver(host ->
            calls.incrementAndGet() == 1
                ? List.of(InetAddress.ofLiteral("93.184.216.34"))
                : List.of(LOOPBACK));

    Outcome outcome =
        rig.send(
            anAttempt()
                .at("http://rebinds.example:" + server.port())
                .timeout(Duration.ofSeconds(5)));

    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    assertThat(calls).hasValue(1);
    assertThat(server.connections()).isZero();
  }

  @Test
  void aSecondAddressGetsAChance() {
    // Nobody listens at the first.
    rig.resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.2"), LOOPBACK));

    assertThat(rig.send(anAttempt().at("http://two.example:" + server.port())))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void aNameWithoutAnAddressMayGetOne() {
    rig.resolver(host -> {
      throw new UnknownHostException(host);
    });

    assertThat(rig.send(anAttempt().at("http://nowhere.example")))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.DNS_FAILURE));
  }

  @Test
  void aLookUpThatHangsEndsWithTheAttempt() {
    CountDownLatch over = new CountDownLatch(1);
    rig.resolver(host -> {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return List.of(LOOPBACK);
    });

    Outcome outcome =
        rig.send(anAttempt().at("http://slow.example").timeout(Duration.ofMillis(300)));
    over.countDown();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT));
    assertThat(outcome.took()).isLessThan(FAR_TOO_LONG);
  }

  /** Takes connections without anybody's doing; waiting for one that never came is a failure. */
  private ServerSocket listener() throws IOException {
    // The SDK takes its time for its first request, which is not what is measured here.
    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    ServerSocket listener = new ServerSocket(0, 5, LOOPBACK);
    listener.setSoTimeout(5_000);
    return listener;
  }

  @Test
  void aHandshakeThatHangsEndsWithTheAttempt() throws Exception {
    try (ServerSocket silent = listener()) {
      Outcome outcome =
          rig.send(
              anAttempt()
                  .at("https://127.0.0.1:" + silent.getLocalPort())
                  .timeout(Duration.ofSeconds(2)));

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Transient.class,
              failed -> assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT));
      assertThat(outcome.took()).isLessThan(FAR_TOO_LONG);
      // The thread that waited has let go of its connection too.
      try (var connection = silent.accept()) {
        connection.setSoTimeout(5_000);
        assertThat(connection.getInputStream().readAllBytes()).isNotNull();
      }
    }
  }

  @Test
  void aStoreThatReadsNothingEndsWithTheAttempt() throws Exception {
    byte[] data = new byte[10 * 1024 * 1024];
    java.util.Arrays.fill(data, (byte) '1');
    try (ServerSocket deaf = listener()) {
      Outcome outcome =
          rig.send(
              anAttempt()
                  .at("http://127.0.0.1:" + deaf.getLocalPort())
                  .data(data)
                  .timeout(Duration.ofSeconds(2)));

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Transient.class,
              failed -> assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT));
      assertThat(outcome.took()).isLessThan(FAR_TOO_LONG);
      // The connection is given up: what was sent of the data comes to an end.
      try (var connection = deaf.accept()) {
        connection.setSoTimeout(5_000);
        assertThat(bytesUntilTheEnd(connection.getInputStream())).isLessThan(data.length);
      }
    }
  }

  /** A connection that is closed with data still to send ends orderly or with a reset. */
  private static long bytesUntilTheEnd(InputStream in) throws IOException {
    long bytes = 0;
    try {
      while (in.read() >= 0) {
        bytes += 1 + in.skip(64 * 1024);
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (SocketException e) {
      // Reset.
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1,hospital-archive,hospital-archive.s3.us-east-1.amazonaws.com",
    "eu-central-1,hospital-archive,hospital-archive.s3.eu-central-1.amazonaws.com",
    "cn-north-1,hospital-archive,hospital-archive.s3.cn-north-1.amazonaws.com.cn",
    // A wildcard certificate is not for two labels.
    "us-east-1,logs.hospital,s3.us-east-1.amazonaws.com",
  })
  void asksForTheBucketsOwnHostAtAmazon(String region, String bucket, String host) {
    List<String> asked = new CopyOnWriteArrayList<>();
    rig.allowingNothing()
        .resolver(name -> {
          asked.add(name);
          return List.of(LOOPBACK);
        });

    Outcome outcome = rig.send(anAttempt().atAmazon(region).bucket(bucket));

    assertThat(asked).containsExactly(host);
    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    assertThat(server.connections()).isZero();
  }
}
