package io.waybill.channel.email;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that gives up a server which talks without end: the library keeps a reply in memory
 * until its last line, however long that is.
 */
final class AnswerLimit extends Socket {
  /** All replies of an attempt with its TLS records; fifty recipients need less than a tenth. */
  static final int MAX_BYTES = 1024 * 1024;

  /** What was read was too much to be replies. */
  static final class Exceeded extends IOException {
    private static final long serialVersionUID = 1;

    Exceeded() {
      super("the server says more than is read");
    }
  }

  private volatile @Nullable InetAddress target;

  AnswerLimit() {
    // Any other socket asks the JVM for a SOCKS proxy, which would dial for us.
    super(Proxy.NO_PROXY);
  }

  /**
   * Says whom it speaks to, through a proxy.
   *
   * @param newTarget with its name: the library checks certificates against the name of the address
   *     that a socket has, which would be the proxy's
   */
  void speaksTo(InetAddress newTarget) {
    target = newTarget;
  }

  @Override
  public InetAddress getInetAddress() {
    InetAddress told = target;
    return told == null ? super.getInetAddress() : told;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Counted(super.getInputStream());
  }

  private static final class Counted extends FilterInputStream {
    private long read;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      count(Math.max(count, 0));
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void count(int more) throws Exceeded {
      read += more;
      if (read > MAX_BYTES) {
        throw new Exceeded();
      }
    }
  }
}
