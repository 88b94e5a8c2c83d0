package io.waybill.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The Confluent wire format around bodies of Avro. */
final class Frames {
  private Frames() {}

  static byte[] of(int schemaId, byte[] body) {
    return ByteBuffer.allocate(AvroCodec.HEADER_BYTES + body.length)
        .put(AvroCodec.MAGIC)
        .putInt(schemaId)
        .put(body)
        .array();
  }

  static byte[] body(byte[] framed) {
    return Arrays.copyOfRange(framed, AvroCodec.HEADER_BYTES, framed.length);
  }
}
