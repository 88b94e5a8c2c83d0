package io.waybill.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro and believes no length that the input cannot have. Avro's own decoder makes room for
 * what a record claims before it looks whether so much is there: a record of ten bytes then asks
 * for two gigabytes, and ends the process. It also goes back over what it skips when a length is
 * negative, which need not end at all.
 *
 * <p>Every element of a list takes a byte at least, as those of all our schemas do. Used by one
 * thread.
 */
final class BoundedDecoder extends Decoder {
  private final BinaryDecoder in;
  private final int size;

  BoundedDecoder(byte[] bytes, int offset) {
    size = bytes.length - offset;
    in = DecoderFactory.get().binaryDecoder(bytes, offset, size, null);
  }

  /** Whether everything was read. */
  boolean isEnd() throws IOException {
    return in.isEnd();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    Utf8 text = old == null ? new Utf8() : old;
    int length = length();
    text.setByteLength(length);
    in.readFixed(text.getBytes(), 0, length);
    return text;
  }

  @Override
  public String readString() throws IOException {
    byte[] text = new byte[length()];
    in.readFixed(text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public void skipString() throws IOException {
    in.skipFixed(length());
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    byte[] bytes = new byte[length()];
    in.readFixed(bytes, 0, bytes.length);
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public void skipBytes() throws IOException {
    in.skipFixed(length());
  }

  @Override
  public long readArrayStart() throws IOException {
    return bounded(in.readArrayStart());
  }

  @Override
  public long arrayNext() throws IOException {
    return bounded(in.arrayNext());
  }

  /** One block, element by element: the length in bytes that a block may have is not used. */
  @Override
  public long skipArray() throws IOException {
    return bounded(in.readArrayStart());
  }

  @Override
  public long readMapStart() throws IOException {
    return bounded(in.readMapStart());
  }

  @Override
  public long mapNext() throws IOException {
    return bounded(in.mapNext());
  }

  @Override
  public long skipMap() throws IOException {
    return bounded(in.readMapStart());
  }

  @Override
  public void readNull() throws IOException {
    in.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return in.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return in.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    in.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return in.readEnum();
  }

  @Override
  public int readIndex() throws IOException {
    return in.readIndex();
  }

  private int length() throws IOException {
    return (int) bounded(in.readLong());
  }

  private long bounded(long claimed) {
    if (claimed < 0 || claimed > size) {
      throw new AvroRuntimeException("a length is beyond the end of the record");
    }
    return claimed;
  }
}
