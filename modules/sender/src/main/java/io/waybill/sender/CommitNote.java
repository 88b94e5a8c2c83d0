package io.waybill.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What a commit says beside its offset, in the commit's metadata: which batch it was, and which
 * records at or beyond the offset are complete, so that whoever reads the partition next skips
 * them.
 *
 * <p>The text is {@code waybill-1.} and, in base 64 without padding: the first 8 bytes of a SHA-256
 * over partition and what follows; session, batch and base (8 bytes each); then, as variable-length
 * numbers in turn, how many offsets are not complete and how many are, beginning at the base. All
 * beyond the last run is not complete.
 *
 * <p>A wrong note would skip a record, which is to lose it. So a note counts only when its version,
 * its checksum (which covers topic and partition), its base (which must be the committed offset)
 * and every run are right; otherwise it is as if there were none, and what it named is sent again.
 * The checksum is against accident: who may commit offsets of the group can skip records without
 * any note.
 *
 * @param session of the poll loop that committed: no two have the same
 * @param batch counted by the poll loop, so that no two notes of a partition are equal
 * @param base the committed offset: all before it is complete
 * @param complete beyond the base, ascending, apart from each other
 */
record CommitNote(long session, long batch, long base, List<OffsetRange> complete) {
  /**
   * Longest text. A broker takes 4,096 characters ({@code offset.metadata.max.bytes}) and refuses
   * more with an error that ends the producer; the rest is margin.
   */
  static final int LONGEST = 3_900;

  private static final String VERSION = "waybill-1.";
  private static final int CHECKSUM_BYTES = 8;
  private static final int HEAD_BYTES = CHECKSUM_BYTES + 3 * Long.BYTES;

  CommitNote {
    complete = List.copyOf(complete);
  }

  /** The length of the text of a note. */
  static int length(long base, List<OffsetRange> complete) {
    long bytes = HEAD_BYTES;
    long at = base;
    for (OffsetRange range : complete) {
      bytes += varintBytes(range.from() - at) + varintBytes(range.to() - range.from());
      at = range.to();
    }
    return VERSION.length() + Math.toIntExact((bytes * 4 + 2) / 3);
  }

  /** The commit with this note. */
  OffsetAndMetadata toCommit(TopicPartition of) {
    ByteArrayOutputStream runs = new ByteArrayOutputStream();
    long at = base;
    for (OffsetRange range : complete) {
      putVarint(runs, range.from() - at);
      putVarint(runs, range.to() - range.from());
      at = range.to();
    }
    ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + runs.size());
    bytes.position(CHECKSUM_BYTES);
    bytes.putLong(session).putLong(batch).putLong(base).put(runs.toByteArray());
    bytes.put(0, checksum(of, bytes.array()));
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    return new OffsetAndMetadata(base, VERSION + text);
  }

  /** The note of a commit; empty when there is none, or one that is not beyond doubt. */
  static Optional<CommitNote> of(TopicPartition of, OffsetAndMetadata committed) {
    String text = committed.metadata();
    if (text == null || !text.startsWith(VERSION)) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text.substring(VERSION.length()));
    } catch (IllegalArgumentException e) {
      // Not ours, or damaged: what it may have named as complete is sent again.
      return Optional.empty();
    }
    if (bytes.length < HEAD_BYTES) {
      return Optional.empty();
    }
    byte[] checksum = new byte[CHECKSUM_BYTES];
    ByteBuffer in = ByteBuffer.wrap(bytes).get(checksum);
    if (!MessageDigest.isEqual(checksum, checksum(of, bytes))) {
      return Optional.empty();
    }
    long session = in.getLong();
    long batch = in.getLong();
    long base = in.getLong();
    if (base < 0 || base != committed.offset()) {
      return Optional.empty();
    }
    return runs(base, in).map(complete -> new CommitNote(session, batch, base, complete));
  }

  private static Optional<List<OffsetRange>> runs(long base, ByteBuffer in) {
    List<OffsetRange> complete = new ArrayList<>();
    long at = base;
    while (in.hasRemaining()) {
      long open = varint(in);
      long closed = varint(in);
      boolean isFirst = complete.isEmpty();
      if (open < (isFirst ? 0 : 1)
          || closed < 1
          || closed > Long.MAX_VALUE - at
          || open > Long.MAX_VALUE - at - closed) {
        return Optional.empty();
      }
      complete.add(new OffsetRange(at + open, at + open + closed));
      at += open + closed;
    }
    return Optional.of(complete);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** Returns -1 when there is none, or one that is too large for an offset. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }

  /** Over the partition and all that follows the checksum. */
  private static byte[] checksum(TopicPartition of, byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((of.topic() + "/" + of.partition() + "/").getBytes(UTF_8));
      digest.update(bytes, CHECKSUM_BYTES, bytes.length - CHECKSUM_BYTES);
      return Arrays.copyOf(digest.digest(), CHECKSUM_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
