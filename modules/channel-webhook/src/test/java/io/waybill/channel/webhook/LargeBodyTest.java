package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import java.io.ByteArrayOutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.junit.jupiter.api.Test;

/** The largest payload goes out from where it lies. */
class LargeBodyTest {
  private static final long MIB = 1024 * 1024;
  private static final String LARGEST = "\"" + "x".repeat(RequestRules.MAX_DATA_BYTES - 2) + "\"";

  @Test
  void isShownToTheConnectionInSlices() throws Exception {
    byte[] first = bytes(3 * BodyProducer.SLICE + 5);
    byte[] last = bytes(20 * BodyProducer.SLICE);
    Body body = Body.of(List.of(first, new byte[0], last, utf8("}")));
    Narrow connection = new Narrow();
    BodyProducer producer = new BodyProducer(body);

    int turns = 0;
    while (!connection.ended) {
      assertThat(producer.available()).isPositive();
      connection.asked = false;
      producer.produce(connection);
      turns++;
      assertThat(connection.asked).as("unless it is over").isEqualTo(!connection.ended);
    }

    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    body.forEach(expected::writeBytes);
    assertThat(connection.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(producer.getContentLength()).isEqualTo(expected.size());
    assertThat(connection.mostShown).isLessThanOrEqualTo(BodyProducer.SLICE);
    assertThat(turns).as("others have their turn").isGreaterThan(3);
  }

  @Test
  void isOverAtOnceWhenItIsEmpty() throws Exception {
    Narrow connection = new Narrow();

    new BodyProducer(Body.of(new byte[0])).produce(connection);

    assertThat(connection.ended).isTrue();
  }

  @Test
  void costsNothingLargeOutsideTheHeap() {
    try (Rig rig = new Rig()) {
      RawServer server = rig.serve(RawServer.answering(200));
      rig.send(anAttempt().at(server.url()));
      long before = outsideTheHeap();

      Outcome outcome = rig.send(anAttempt().at(server.url()).data(LARGEST));

      assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.requests().getLast().body()).isEqualTo(utf8(LARGEST));
      assertThat(outsideTheHeap() - before).isLessThan(MIB);
    }
  }

  @Test
  void isSplicedIntoItsEnvelopeWithoutACopy() {
    byte[] data = utf8(LARGEST);
    var attempt = anAttempt().data(LARGEST).build();

    Body envelope = Envelope.of(attempt.task(), attempt.data());

    assertThat(envelope.pieces())
        .anySatisfy(piece -> assertThat(piece).isSameAs(attempt.data().bytes()));
    assertThat(envelope.length()).isBetween(data.length + 100L, data.length + 1_000L);
  }

  @Test
  void countsOnlyOnceUnlessSomethingIsMadeOfIt() {
    try (Rig rig = new Rig()) {
      WebhookChannel channel = rig.channel();
      String pair = SigningSecrets.generate(SigningAlgorithm.V1A, new SecureRandom());

      assertThat(channel.footprint(Optional.empty(), MIB)).isEqualTo(MIB);
      assertThat(footprint(channel, anAttempt())).isEqualTo(MIB);
      assertThat(footprint(channel, anAttempt().envelope())).isEqualTo(MIB);
      assertThat(footprint(channel, anAttempt().gzip())).isEqualTo(2 * MIB);
      assertThat(footprint(channel, anAttempt().signed(SigningAlgorithm.V1A, pair)))
          .isEqualTo(4 * MIB);
    }
  }

  private static long footprint(WebhookChannel channel, Attempts attempt) {
    return channel.footprint(Optional.of(attempt.build().destination()), MIB);
  }

  @Test
  void isCompressedIntoPieces() throws Exception {
    byte[] noise = bytes(3 * 1024 * 1024);

    Body compressed = Gzip.of(Body.of(List.of(noise, utf8("end"))));

    assertThat(compressed.pieces())
        .allSatisfy(piece -> assertThat(piece.length).isLessThanOrEqualTo(160 * 1024));
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    compressed.forEach(sent::writeBytes);
    try (var gzip =
        new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(sent.toByteArray()))) {
      byte[] read = gzip.readAllBytes();
      assertThat(Arrays.copyOf(read, noise.length)).isEqualTo(noise);
      assertThat(new String(read, noise.length, 3, UTF_8)).isEqualTo("end");
    }
  }

  private static long outsideTheHeap() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** The same on each run, and not to be compressed. */
  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new java.util.Random(count).nextBytes(bytes);
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /** Takes what it is shown, but not always all of it. */
  private static final class Narrow implements DataStreamChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int mostShown;
    private int writes;
    private boolean asked;
    private boolean ended;

    @Override
    public int write(ByteBuffer source) {
      mostShown = Math.max(mostShown, source.remaining());
      int count = ++writes % 3 == 0 ? source.remaining() / 2 : source.remaining();
      byte[] some = new byte[count];
      source.get(some);
      taken.writeBytes(some);
      return count;
    }

    @Override
    public void requestOutput() {
      asked = true;
    }

    @Override
    public void endStream() {
      ended = true;
    }

    @Override
    public void endStream(List<? extends Header> trailers) {
      throw new AssertionError("a body has no trailers");
    }
  }
}
