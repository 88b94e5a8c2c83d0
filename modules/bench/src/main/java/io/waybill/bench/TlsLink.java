package io.waybill.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import org.jspecify.annotations.Nullable;

/**
 * TLS as a server, without threads: handshakes are made between reads, on the receiver's thread.
 * Costs what the JDK's engine costs, and that is nearly all.
 */
final class TlsLink implements Link {
  private static final byte[] NOTHING = {};

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final Buffers buffers;

  /** A part of a TLS record whose rest has not come. */
  private byte[] part = NOTHING;

  /** Of all links of one thread: only what waits for its rest is kept by a link itself. */
  private record Buffers(ByteBuffer arrived, ByteBuffer plain, ByteBuffer leaving) {
    /** Some of the largest TLS records (RFC 8446, 5.2). */
    private static final int SIZE = 64 * 1024;

    Buffers() {
      this(ByteBuffer.allocate(SIZE), ByteBuffer.allocate(SIZE), ByteBuffer.allocate(SIZE));
    }
  }

  private TlsLink(SocketChannel channel, SSLEngine engine, Buffers buffers) {
    this.channel = channel;
    this.engine = engine;
    this.buffers = buffers;
  }

  /** Links of one thread. */
  static Link.Factory factory(SSLContext context) {
    Buffers buffers = new Buffers();
    return channel -> {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      return new TlsLink(channel, engine, buffers);
    };
  }

  @Override
  public boolean read(Inbox into) throws IOException {
    ByteBuffer arrived = buffers.arrived.clear().put(part);
    part = NOTHING;
    if (channel.read(arrived) < 0) {
      return false;
    }
    arrived.flip();
    while (arrived.hasRemaining()) {
      ByteBuffer plain = buffers.plain.clear();
      SSLEngineResult result = engine.unwrap(arrived, plain);
      switch (result.getStatus()) {
        case OK -> into.add(plain.flip());
        case CLOSED -> {
          return false;
        }
        case BUFFER_UNDERFLOW -> {
          part = new byte[arrived.remaining()];
          arrived.get(part);
        }
        case BUFFER_OVERFLOW -> throw new IOException("a TLS record larger than any may be");
      }
      answerHandshake();
    }
    return true;
  }

  /** Does what the engine asks for, until it waits for the client. */
  private void answerHandshake() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          @Nullable Runnable task;
          while ((task = engine.getDelegatedTask()) != null) {
            task.run();
          }
        }
        case NEED_WRAP -> wrap(ByteBuffer.wrap(NOTHING));
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    wrap(ByteBuffer.wrap(bytes));
  }

  private void wrap(ByteBuffer plain) throws IOException {
    ByteBuffer leaving = buffers.leaving.clear();
    SSLEngineResult result = engine.wrap(plain, leaving);
    if (result.getStatus() != SSLEngineResult.Status.OK || plain.hasRemaining()) {
      throw new IOException("TLS has come to its end: " + result);
    }
    PlainLink.writeAll(channel, leaving.flip());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
