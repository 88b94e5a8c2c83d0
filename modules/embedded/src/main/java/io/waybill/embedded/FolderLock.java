package io.waybill.embedded;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process, or a second instance in this one, out of a folder. The operating system
 * gives the lock back when the process ends, however it ends; the file itself stays and means
 * nothing by being there.
 */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock or fails at once.
   *
   * @param file the lock file; its folder is made when missing
   * @param what names the owner in the error, such as "embedded broker"
   * @throws IllegalStateException when another holds it
   */
  static FolderLock take(Path file, String what) {
    FileChannel channel = open(file);
    FileLock lock = tryLock(channel, file);
    if (lock == null) {
      closeQuietly(channel);
      throw new IllegalStateException(
          "Another "
              + what
              + " is using the folder "
              + file.getParent()
              + " (it holds the lock "
              + file.getFileName()
              + "). Stop it first, or choose another data folder.");
    }
    return new FolderLock(channel);
  }

  private static FileChannel open(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        PrivateFolder.create(folder);
      }
      return FileChannel.open(file, CREATE, WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The data folder cannot be used: "
              + file.toAbsolutePath().getParent()
              + " (is it writable, and a folder?)",
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel, Path file) {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    } catch (IOException e) {
      closeQuietly(channel);
      throw new UncheckedIOException("The lock file cannot be locked: " + file, e);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it; the operating system closes it with the process.
    }
  }

  /** Gives the lock back; closing twice does nothing. */
  @Override
  public void close() {
    closeQuietly(channel);
  }
}
