namespace Futago.Blocks;

/// <summary>Who has loans of an <see cref="IPageLender"/>.</summary>
public interface IPageBorrower
{
    /// <summary>Somebody waits to change what was lent: it is to be returned soon. Any thread, any number of times; must not block.</summary>
    void Recall();
}
