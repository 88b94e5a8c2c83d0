package io.waybill.status;

import io.waybill.domain.Alert.Severity;
import io.waybill.domain.AlertKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/**
 * {@link AlertState} as the bytes of its store, which nobody else reads. Begins with a version: of
 * another one nothing is read, and the state begins anew.
 */
final class AlertStateFormat {
  private static final int VERSION = 1;
  private static final long NEVER = Long.MIN_VALUE;

  private AlertStateFormat() {}

  static byte[] encode(AlertState state) {
    var bytes = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(state.label.orElse(""));
      out.writeLong(state.version);
      out.writeBoolean(state.enabled);
      out.writeLong(state.disableAsked);
      out.writeLong(state.raised);
      out.writeBoolean(state.paidFor);
      out.writeLong(state.troubleAt.map(Instant::toEpochMilli).orElse(NEVER));
      out.writeLong(state.bucketWidth);
      out.writeShort(state.buckets.size());
      for (AlertState.Bucket bucket : state.buckets) {
        out.writeLong(bucket.number);
        out.writeLong(bucket.attempts);
        out.writeLong(bucket.failures);
        out.writeLong(bucket.tookMillis);
      }
      out.writeShort(state.open.size());
      for (var entry : state.open.entrySet()) {
        out.writeInt(entry.getKey());
        out.writeLong(entry.getValue());
      }
      out.writeShort(state.told.size());
      for (var entry : state.told.entrySet()) {
        out.writeUTF(entry.getKey().word());
        write(out, entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, AlertState.Told told) throws IOException {
    out.writeBoolean(told.active);
    out.writeUTF(told.severity.map(Severity::word).orElse(""));
    out.writeShort(told.raisedAt.size());
    for (Instant at : told.raisedAt) {
      out.writeLong(at.toEpochMilli());
    }
    writeInstant(out, told.lastRaisedAt);
    writeInstant(out, told.mutedUntil);
  }

  /** The state; empty when the bytes are another version's, or broken. */
  static Optional<AlertState> decode(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != VERSION) {
        return Optional.empty();
      }
      AlertState state = new AlertState();
      state.label = Optional.of(in.readUTF()).filter(label -> !label.isEmpty());
      state.version = in.readLong();
      state.enabled = in.readBoolean();
      state.disableAsked = in.readLong();
      state.raised = in.readLong();
      state.paidFor = in.readBoolean();
      long troubleAt = in.readLong();
      state.troubleAt =
          troubleAt == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(troubleAt));
      state.bucketWidth = in.readLong();
      for (int left = in.readShort(); left > 0; left--) {
        AlertState.Bucket bucket = new AlertState.Bucket(in.readLong());
        bucket.attempts = in.readLong();
        bucket.failures = in.readLong();
        bucket.tookMillis = in.readLong();
        state.buckets.add(bucket);
      }
      for (int left = in.readShort(); left > 0; left--) {
        state.open.put(in.readInt(), in.readLong());
      }
      for (int left = in.readShort(); left > 0; left--) {
        readTold(in, state.told(AlertKind.parse(in.readUTF())));
      }
      return Optional.of(state);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void readTold(DataInputStream in, AlertState.Told told) throws IOException {
    told.active = in.readBoolean();
    told.severity = Optional.of(in.readUTF()).filter(word -> !word.isEmpty()).map(Severity::parse);
    for (int left = in.readShort(); left > 0; left--) {
      told.raisedAt.add(Instant.ofEpochMilli(in.readLong()));
    }
    told.lastRaisedAt = readInstant(in);
    told.mutedUntil = readInstant(in);
  }

  private static void writeInstant(DataOutputStream out, Instant at) throws IOException {
    out.writeLong(at.equals(Instant.MIN) ? NEVER : at.toEpochMilli());
  }

  private static Instant readInstant(DataInputStream in) throws IOException {
    long millis = in.readLong();
    return millis == NEVER ? Instant.MIN : Instant.ofEpochMilli(millis);
  }
}
