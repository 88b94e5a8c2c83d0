package io.waybill.sender;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The metadata of a commit: as text, and as what stands under a checksum that is right. */
public final class CommitNoteFuzz {
  private static final TopicPartition PARTITION = new TopicPartition("waybill.tasks.webhook", 3);
  private static final int BASE = 100;
  private static final int CHECKSUM = 8;

  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text(
              new CommitNote(
                      1,
                      2,
                      BASE,
                      List.of(new OffsetRange(102, 105), new OffsetRange(300, 1L << 40)))
                  .toCommit(PARTITION)
                  .metadata()),
          ByteBuffer.allocate(30)
              .putLong(1)
              .putLong(2)
              .putLong(BASE)
              .put(new byte[] {2, 3, 1, 7, -128, 1})
              .array());

  private CommitNoteFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    check(new String(input, ISO_8859_1));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((PARTITION.topic() + "/" + PARTITION.partition() + "/").getBytes(ISO_8859_1));
    byte[] sum = Arrays.copyOf(digest.digest(input), CHECKSUM);
    byte[] signed = ByteBuffer.allocate(CHECKSUM + input.length).put(sum).put(input).array();
    check("waybill-1." + Base64.getUrlEncoder().withoutPadding().encodeToString(signed));
  }

  private static void check(String metadata) {
    CommitNote.of(PARTITION, new OffsetAndMetadata(BASE, metadata))
        .ifPresent(note -> {
          assertThat(note.base()).isEqualTo(BASE);
          long at = BASE - 1;
          for (OffsetRange range : note.complete()) {
            assertThat(range.from()).isGreaterThan(at);
            assertThat(range.to()).isGreaterThan(range.from());
            at = range.to();
          }
          assertThat(CommitNote.of(PARTITION, note.toCommit(PARTITION))).contains(note);
        });
  }
}
